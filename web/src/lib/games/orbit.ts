import { between, blend, COLOURS, type Pencil } from "./pencil";

export interface OrbitState {
  game: "orbit";
  edge: number;
  planet: number;
  target: number;
  tolerance: number;
  x: number;
  y: number;
  push: [number, number];
  thrust: number;
  score: number;
  timestep: number;
  termination: string | null;
}

const NUM_STARS = 90;
/** Places of stars, the same in every picture. */
const STARS = Array.from({ length: NUM_STARS }, (_, idx): [number, number] => [
  (idx * 0.754877666) % 1,
  (idx * 0.569840291) % 1,
]);

export function drawOrbit(
  pencil: Pencil,
  state: OrbitState,
  next: OrbitState,
  share: number,
  trail: OrbitState[],
): void {
  const { edge, planet, target, tolerance } = state;
  pencil.box(0, 0, pencil.width, pencil.height, COLOURS.night);
  for (const [x, y] of STARS) pencil.disc(x * 2 * edge, y * 2 * edge, 0.008, "#5a6070");
  pencil.ring(edge, edge, target, "#2e5c4a", 2 * tolerance);
  pencil.disc(edge, edge, planet, "#3e70be");
  pencil.disc(edge - 0.07, edge - 0.07, planet * 0.55, "#5c8ed6");
  for (const [age, old] of [...trail].reverse().entries()) {
    const colour = blend("#96aad2", COLOURS.night, Math.min(1, age / Math.max(1, trail.length)));
    pencil.disc(edge + old.x, edge - old.y, 0.012, colour);
  }
  const x = edge + between(state.x, next.x, share);
  const y = edge - between(state.y, next.y, share);
  const reach = 0.3 / state.thrust;
  const flame: [number, number][] = [
    [x, y],
    [x - state.push[0] * reach, y + state.push[1] * reach],
  ];
  pencil.line(flame, COLOURS.amber, 0.03);
  pencil.disc(x, y, 0.06, state.termination ? COLOURS.red : COLOURS.paper);
}
