import { between, blend, COLOURS, type Pencil } from "./pencil";

type Cell = [number, number];

export interface SnakeState {
  game: "snake";
  size: number;
  snake: Cell[];
  heading: number;
  apples: Cell[];
  obstacles: Cell[];
  score: number;
  timestep: number;
  termination: string | null;
}

const MOVES: Cell[] = [
  [-1, 0],
  [0, 1],
  [1, 0],
  [0, -1],
];
const DEADLY = ["wall", "obstacle", "self"];

function isBeside(one: Cell | undefined, other: Cell | undefined): boolean {
  if (!one || !other) return false;
  return Math.abs(one[0] - other[0]) + Math.abs(one[1] - other[1]) === 1;
}

/** The body on its way to the next state: its head ahead, its last cell drawn in after it. */
export function slither(state: SnakeState, next: SnakeState, share: number): Cell[] {
  const [head, ahead] = [state.snake[0], next.snake[0]];
  if (share <= 0 || !head || !ahead || !isBeside(head, ahead)) return state.snake;
  const moved: Cell = [between(head[0], ahead[0], share), between(head[1], ahead[1], share)];
  const body = [moved, ...state.snake];
  const [tail, before] = [state.snake.at(-1), state.snake.at(-2)];
  if (!tail || next.snake.length > state.snake.length) return body;
  const towards = before ?? moved;
  if (before && !isBeside(tail, before)) return body.slice(0, -1);
  const drawnIn: Cell = [between(tail[0], towards[0], share), between(tail[1], towards[1], share)];
  return [...body.slice(0, -1), before ? drawnIn : moved];
}

export function drawSnake(
  pencil: Pencil,
  state: SnakeState,
  next: SnakeState,
  share: number,
): void {
  pencil.checkerboard();
  for (const [row, column] of state.obstacles) {
    pencil.box(column + 0.04, row + 0.04, 0.92, 0.92, COLOURS.stone, 0.16);
  }
  for (const [row, column] of state.apples) {
    pencil.disc(column + 0.5, row + 0.54, 0.32, COLOURS.red);
    pencil.line(
      [
        [column + 0.5, row + 0.26],
        [column + 0.62, row + 0.12],
      ],
      COLOURS.green,
      0.09,
    );
  }
  const snake = slither(state, next, share);
  drawBody(pencil, snake);
  drawHead(pencil, { ...state, snake, heading: share > 0 ? next.heading : state.heading });
}

function drawBody(pencil: Pencil, cells: Cell[]): void {
  for (let idx = cells.length - 1; idx > 0; idx -= 1) {
    const [near, far] = [cells[idx - 1], cells[idx]];
    if (!near || !far) continue;
    const colour = blend(COLOURS.blue, COLOURS.sky, idx / cells.length);
    const points: [number, number][] = [near, far].map(([row, column]) => [
      column + 0.5,
      row + 0.5,
    ]);
    const isTogether = Math.abs(near[0] - far[0]) + Math.abs(near[1] - far[1]) <= 1;
    if (isTogether) pencil.line(points, colour, 0.68);
    else pencil.disc(far[1] + 0.5, far[0] + 0.5, 0.34, colour);
  }
}

function drawHead(pencil: Pencil, { snake, heading, termination }: SnakeState): void {
  const [head] = snake;
  const [down, right] = MOVES[heading] ?? [0, 1];
  if (!head) return;
  const [x, y] = [head[1] + 0.5, head[0] + 0.5];
  const isDead = termination !== null && DEADLY.includes(termination);
  pencil.disc(x, y, 0.42, isDead ? COLOURS.red : COLOURS.blue);
  for (const side of [-0.17, 0.17]) {
    const eyeX = x + 0.14 * right + side * down;
    const eyeY = y + 0.14 * down + side * right;
    pencil.disc(eyeX, eyeY, 0.1, COLOURS.paper);
    pencil.disc(eyeX + 0.03 * right, eyeY + 0.03 * down, 0.05, "#14161a");
  }
}
