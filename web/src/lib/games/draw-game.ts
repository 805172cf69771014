import {
  type CrossingState,
  drawCrossing,
  drawGridWorld,
  drawLantern,
  type GridWorldState,
  type LanternState,
} from "./boards";
import { drawOrbit, type OrbitState } from "./orbit";
import { Pencil } from "./pencil";
import { drawSnake, type SnakeState } from "./snake";

/** The JSON picture of one of our own games. */
export type GameState = SnakeState | OrbitState | LanternState | CrossingState | GridWorldState;

/** A canvas of the page or of a worker. */
export type PlaneContext = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** A part of a canvas, in its pixels. */
export interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

const GAMES: readonly string[] = ["snake", "orbit", "lantern", "crossing", "gridworld"];
const TRAIL_LENGTH = 60;

/** The states that this page can draw; none where it is another game. */
export function asGameStates(states: readonly Record<string, unknown>[]): GameState[] {
  const isKnown = states.every(({ game }) => typeof game === "string" && GAMES.includes(game));
  return isKnown ? (states as unknown as GameState[]) : [];
}

/** Width and height of the world in its own unit. */
export function worldOf(state: GameState): { width: number; height: number } {
  if (state.game === "crossing") return { width: state.width, height: state.lanes + 2 };
  if (state.game === "orbit") return { width: 2 * state.edge, height: 2 * state.edge };
  return { width: state.size, height: state.size };
}

/** Draws a moment between two states; `share` 0 is the first of them. */
export function drawGame(
  context: PlaneContext,
  states: readonly GameState[],
  idx: number,
  share: number,
  area: Area = { left: 0, top: 0, width: context.canvas.width, height: context.canvas.height },
): void {
  const state = states[idx];
  if (!state) return;
  const { width, height } = worldOf(state);
  context.save();
  context.setTransform(area.width / width, 0, 0, area.height / height, area.left, area.top);
  context.beginPath();
  context.rect(0, 0, width, height);
  context.clip();
  drawMoment(new Pencil(context, width, height), states, idx, share);
  context.restore();
}

function drawMoment(
  pencil: Pencil,
  states: readonly GameState[],
  idx: number,
  share: number,
): void {
  const state = states[idx] as GameState;
  const next = states[idx + 1] ?? state;
  if (state.game === "snake") drawSnake(pencil, state, next as SnakeState, share);
  else if (state.game === "orbit") {
    const trail = states.slice(Math.max(0, idx - TRAIL_LENGTH), idx + 1) as OrbitState[];
    drawOrbit(pencil, state, next as OrbitState, share, trail);
  } else if (state.game === "lantern") {
    drawLantern(pencil, state, next as LanternState, share);
  } else if (state.game === "crossing") {
    drawCrossing(pencil, state, next as CrossingState, share);
  } else drawGridWorld(pencil, state, next as GridWorldState, share);
}
