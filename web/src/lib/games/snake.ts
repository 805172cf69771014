import { blend, COLOURS, type Pencil } from "./pencil";

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

export function drawSnake(pencil: Pencil, state: SnakeState): void {
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
  drawBody(pencil, state.snake);
  drawHead(pencil, state);
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
    const isBeside = Math.abs(near[0] - far[0]) + Math.abs(near[1] - far[1]) === 1;
    if (isBeside) pencil.line(points, colour, 0.68);
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
