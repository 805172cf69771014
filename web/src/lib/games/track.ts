import type { GameState } from "./draw-game";

/** States that are remembered: what a trail is drawn from. */
const MAX_HISTORY = 62;
/** Behind by more states than this, a track jumps: the page was hidden or the network stood still. */
const MAX_BEHIND = 4;

/** What one environment showed lately, and the moment between two states that is shown now. */
export class Track {
  states: GameState[] = [];
  private episode = -1;
  private place = 0;

  /** Takes the next state; one that does not follow the last one is shown at once. */
  push(state: GameState, episode: number): void {
    const last = this.states.at(-1);
    const isSameEpisode = episode === this.episode && last?.game === state.game;
    const isNext = isSameEpisode && state.timestep === last.timestep + 1;
    this.states = isSameEpisode && state.timestep >= last.timestep ? this.states : [];
    this.episode = episode;
    this.states.push(state);
    const surplus = this.states.length - MAX_HISTORY;
    if (surplus > 0) {
      this.states.splice(0, surplus);
      this.place = Math.max(0, this.place - surplus);
    }
    if (!isNext) this.place = this.lastPlace;
  }

  /** Moves on by some time at so many states a second; faster where it has fallen behind. */
  advance(elapsedMs: number, statesPerSecond: number): void {
    const behind = this.lastPlace - this.place;
    if (behind > MAX_BEHIND || statesPerSecond <= 0) {
      this.place = this.lastPlace;
      return;
    }
    const step = (elapsedMs / 1000) * statesPerSecond * Math.max(1, behind);
    this.place = Math.min(this.lastPlace, this.place + step);
  }

  /** The state that is shown, or left. */
  get idx(): number {
    return Math.floor(this.place);
  }

  /** How far on the way to the next one. */
  get share(): number {
    return this.place - this.idx;
  }

  get isMoving(): boolean {
    return this.place < this.lastPlace;
  }

  private get lastPlace(): number {
    return Math.max(0, this.states.length - 1);
  }
}
