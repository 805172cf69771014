/** Colours of the games; the same as in the pictures that the server draws. */
export const COLOURS = {
  paper: "#fafaf9",
  check: "#f4f4f2",
  stone: "#606570",
  blue: "#2563c4",
  sky: "#8eb4ee",
  green: "#1f8a58",
  red: "#c83e34",
  amber: "#d68e1e",
  night: "#1a1d26",
  asphalt: "#4a4e58",
  dash: "#7a7f8a",
  pavement: "#e8e7e2",
} as const;

/** A canvas whose unit is a cell, or whatever a game measures in. */
export class Pencil {
  constructor(
    readonly context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
    readonly width: number,
    readonly height: number,
  ) {}

  box(x: number, y: number, width: number, height: number, colour: string, radius = 0): void {
    this.context.fillStyle = colour;
    this.context.beginPath();
    this.context.roundRect(x, y, width, height, radius);
    this.context.fill();
  }

  disc(x: number, y: number, radius: number, colour: string): void {
    this.context.fillStyle = colour;
    this.context.beginPath();
    this.context.arc(x, y, radius, 0, 2 * Math.PI);
    this.context.fill();
  }

  ring(x: number, y: number, radius: number, colour: string, width: number): void {
    this.context.strokeStyle = colour;
    this.context.lineWidth = width;
    this.context.beginPath();
    this.context.arc(x, y, radius, 0, 2 * Math.PI);
    this.context.stroke();
  }

  line(points: [number, number][], colour: string, width: number): void {
    this.context.strokeStyle = colour;
    this.context.lineWidth = width;
    this.context.lineCap = "round";
    this.context.lineJoin = "round";
    this.context.beginPath();
    for (const [idx, [x, y]] of points.entries()) {
      if (idx === 0) this.context.moveTo(x, y);
      else this.context.lineTo(x, y);
    }
    this.context.stroke();
  }

  polygon(points: [number, number][], colour: string): void {
    this.context.fillStyle = colour;
    this.context.beginPath();
    for (const [x, y] of points) this.context.lineTo(x, y);
    this.context.fill();
  }

  checkerboard(): void {
    this.box(0, 0, this.width, this.height, COLOURS.paper);
    for (let row = 0; row < this.height; row += 1) {
      for (let column = 0; column < this.width; column += 1) {
        if ((row + column) % 2) this.box(column, row, 1, 1, COLOURS.check);
      }
    }
  }
}

/** A colour between two, written as #rrggbb. */
export function blend(first: string, second: string, share: number): string {
  const parts = [1, 3, 5].map((at) => {
    const [a, b] = [first, second].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16));
    return Math.round((a ?? 0) + ((b ?? 0) - (a ?? 0)) * share);
  });
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

export function between(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}
