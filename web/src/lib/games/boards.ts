import { between, blend, COLOURS, type Pencil } from "./pencil";

type Cell = [number, number];

interface BoardState {
  size: number;
  agent: Cell;
  traps: Cell[];
  score: number;
  timestep: number;
  termination: string | null;
}

export interface GridWorldState extends BoardState {
  game: "gridworld";
  start: Cell;
  walls: Cell[];
  goals: Cell[];
}

export interface LanternState extends BoardState {
  game: "lantern";
  lantern: number;
  treasure: Cell;
  rocks: Cell[];
  visited: [number, number, number][];
  oil: number;
}

export interface CrossingState {
  game: "crossing";
  lanes: number;
  width: number;
  agent: Cell;
  cars: Cell[];
  directions: number[];
  periods: number[];
  score: number;
  timestep: number;
  termination: string | null;
}

const SHADOW = 0.62;
const CAR_COLOURS = [COLOURS.amber, "#b060a4", "#5ca4a8"];

/** Where an agent is on its way from one cell to the next; it does not fly across the board. */
function moving(from: Cell, to: Cell, share: number): Cell {
  const isStep = Math.abs(from[0] - to[0]) + Math.abs(from[1] - to[1]) <= 1;
  return isStep ? [between(from[0], to[0], share), between(from[1], to[1], share)] : from;
}

function cross(pencil: Pencil, [row, column]: Cell, colour: string): void {
  for (const [from, to] of [
    [0.28, 0.72],
    [0.72, 0.28],
  ] as const) {
    const ends: [number, number][] = [
      [column + 0.28, row + from],
      [column + 0.72, row + to],
    ];
    pencil.line(ends, colour, 0.12);
  }
}

export function drawGridWorld(
  pencil: Pencil,
  state: GridWorldState,
  next: GridWorldState,
  share: number,
): void {
  pencil.checkerboard();
  for (const [row, column] of state.walls) {
    pencil.box(column + 0.04, row + 0.04, 0.92, 0.92, COLOURS.stone, 0.12);
  }
  for (const trap of state.traps) cross(pencil, trap, COLOURS.red);
  for (const [row, column] of state.goals) {
    pencil.box(column + 0.06, row + 0.06, 0.88, 0.88, "#dcf2e5", 0.12);
    const flag: [number, number][] = [
      [column + 0.3, row + 0.2],
      [column + 0.76, row + 0.36],
      [column + 0.3, row + 0.52],
    ];
    pencil.polygon(flag, COLOURS.green);
    pencil.box(column + 0.26, row + 0.2, 0.06, 0.62, "#3c3e42");
  }
  const [row, column] = state.start;
  pencil.ring(column + 0.5, row + 0.5, 0.36, "#aaacb0", 0.04);
  const [down, right] = moving(state.agent, next.agent, share);
  pencil.disc(right + 0.5, down + 0.5, 0.28, COLOURS.blue);
  for (const side of [-0.1, 0.1]) {
    pencil.disc(right + 0.5 + side, down + 0.45, 0.06, COLOURS.paper);
  }
}

export function drawLantern(
  pencil: Pencil,
  state: LanternState,
  next: LanternState,
  share: number,
): void {
  const lit = ([row, column]: Cell, colour: string): string => {
    const [agentRow, agentColumn] = state.agent;
    const away = Math.max(Math.abs(row - agentRow), Math.abs(column - agentColumn));
    return away <= state.lantern ? colour : blend(colour, COLOURS.night, SHADOW);
  };
  const visits = new Map(state.visited.map(([row, column, count]) => [`${row} ${column}`, count]));
  pencil.box(0, 0, pencil.width, pencil.height, COLOURS.night);
  for (let row = 0; row < state.size; row += 1) {
    for (let column = 0; column < state.size; column += 1) {
      const trodden = Math.min(visits.get(`${row} ${column}`) ?? 0, 4) / 8;
      const floor = blend(COLOURS.paper, COLOURS.sky, trodden);
      pencil.box(column, row, 1.01, 1.01, lit([row, column], floor));
    }
  }
  for (const rock of state.rocks) {
    pencil.box(rock[1] + 0.03, rock[0] + 0.03, 0.94, 0.94, lit(rock, COLOURS.stone), 0.12);
  }
  for (const trap of state.traps) cross(pencil, trap, lit(trap, COLOURS.red));
  const [x, y] = [state.treasure[1] + 0.5, state.treasure[0] + 0.5];
  const diamond: [number, number][] = [
    [x, y - 0.34],
    [x + 0.3, y],
    [x, y + 0.34],
    [x - 0.3, y],
  ];
  pencil.polygon(diamond, lit(state.treasure, COLOURS.amber));
  const [row, column] = moving(state.agent, next.agent, share);
  pencil.disc(column + 0.5, row + 0.5, 0.33, COLOURS.blue);
  pencil.disc(column + 0.5, row + 0.5, 0.13, "#ffe08c");
}

export function drawCrossing(
  pencil: Pencil,
  state: CrossingState,
  next: CrossingState,
  share: number,
): void {
  pencil.box(0, 0, pencil.width, pencil.height, COLOURS.asphalt);
  pencil.box(0, 0, state.width, 1, COLOURS.pavement);
  pencil.box(0, state.lanes + 1, state.width, 1, COLOURS.pavement);
  pencil.box(0, 0.86, state.width, 0.08, COLOURS.green);
  for (let row = 2; row <= state.lanes; row += 1) {
    for (let column = 0; column < state.width; column += 1) {
      pencil.box(column + 0.3, row - 0.03, 0.4, 0.06, COLOURS.dash);
    }
  }
  for (const [row, column] of state.cars) {
    const colour = CAR_COLOURS[(state.periods[row - 1] ?? 1) - 1] ?? COLOURS.amber;
    pencil.box(column + 0.06, row + 0.2, 0.88, 0.6, colour, 0.2);
    const front = (state.directions[row - 1] ?? 1) > 0 ? 0.58 : 0.2;
    pencil.box(column + front, row + 0.27, 0.22, 0.46, COLOURS.sky, 0.08);
  }
  const [row, column] = moving(state.agent, next.agent, share);
  const colour = state.termination === "hit" ? COLOURS.red : COLOURS.blue;
  pencil.disc(column + 0.5, row + 0.5, 0.34, colour);
  pencil.disc(column + 0.5, row + 0.42, 0.14, COLOURS.paper);
}
