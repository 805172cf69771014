import { asGameStates, drawGame, type GameState, type PlaneContext, worldOf } from "./draw-game";
import { Track } from "./track";

export interface Moment {
  states: readonly Record<string, unknown>[];
  /** Episode of each tile. */
  episodes: readonly number[];
  columns: number;
  rows: number;
  /** Timesteps a second at which it plays. */
  statesPerSecond: number;
}

interface Size {
  width: number;
  height: number;
}

const DEFAULT_SIZE: Size = { width: 640, height: 360 };

/** Draws games from their states, sub-environments side by side, as sharp as the screen. */
export class GameStage {
  private tracks: Track[] = [];
  private columns = 1;
  private rows = 1;
  private statesPerSecond = 0;
  private size = DEFAULT_SIZE;

  /** The room there is, in pixels of the screen. */
  fit(width: number, height: number): void {
    if (width > 0 && height > 0) this.size = { width, height };
  }

  /** Takes what came; false where this page cannot draw it. */
  push({ states, episodes, columns, rows, statesPerSecond }: Moment): boolean {
    const known = asGameStates(states);
    if (known.length === 0) return false;
    if (known.length !== this.tracks.length) this.tracks = known.map(() => new Track());
    for (const [idx, state] of known.entries()) {
      this.tracks[idx]?.push(state, episodes[idx] ?? 0);
    }
    this.columns = columns;
    this.rows = rows;
    this.statesPerSecond = statesPerSecond;
    return true;
  }

  get isMoving(): boolean {
    return this.tracks.some(({ isMoving }) => isMoving);
  }

  get isEmpty(): boolean {
    return this.tracks.length === 0;
  }

  clear(): void {
    this.tracks = [];
  }

  advance(elapsedMs: number): void {
    for (const track of this.tracks) track.advance(elapsedMs, this.statesPerSecond);
  }

  /** Sizes the canvas to the games' shape and draws them all. */
  draw(context: PlaneContext): void {
    const first = this.tracks[0]?.states[0];
    if (!first) return;
    const tile = this.tileSize(first);
    const canvas = context.canvas;
    const [width, height] = [tile.width * this.columns, tile.height * this.rows];
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    for (const [idx, track] of this.tracks.entries()) {
      const left = (idx % this.columns) * tile.width;
      const top = Math.floor(idx / this.columns) * tile.height;
      const area = { left, top, ...tile };
      drawGame(context, track.states, track.idx, track.share, area);
    }
  }

  private tileSize(state: GameState): Size {
    const world = worldOf(state);
    const scale = Math.min(
      this.size.width / this.columns / world.width,
      this.size.height / this.rows / world.height,
    );
    return {
      width: Math.max(1, Math.round(world.width * scale)),
      height: Math.max(1, Math.round(world.height * scale)),
    };
  }
}
