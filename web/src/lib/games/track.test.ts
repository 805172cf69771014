import { describe, expect, it } from "vitest";
import type { GameState } from "./draw-game";
import { Track } from "./track";

const at = (timestep: number) => ({ game: "gridworld", timestep }) as GameState;

describe("a track", () => {
  it("goes from each state to the one that follows, in the time of one timestep", () => {
    const track = new Track();
    track.push(at(0), 1);
    expect(track.isMoving).toBe(false);
    track.push(at(1), 1);
    track.advance(50, 10);
    expect([track.idx, track.share]).toEqual([0, 0.5]);
    track.advance(50, 10);
    expect([track.idx, track.share, track.isMoving]).toEqual([1, 0, false]);
    track.advance(500, 10);
    expect(track.idx).toBe(1);
  });

  it("catches up when states come in a burst", () => {
    const track = new Track();
    for (const timestep of [0, 1, 2, 3]) track.push(at(timestep), 1);
    track.advance(100, 10);
    expect(track.idx).toBe(3);
  });

  it("jumps where states were left out, and where it is far behind", () => {
    const track = new Track();
    track.push(at(0), 1);
    track.push(at(7), 1);
    expect([track.idx, track.isMoving]).toEqual([1, false]);
    for (let timestep = 8; timestep < 14; timestep += 1) track.push(at(timestep), 1);
    track.advance(1, 10);
    expect(track.isMoving).toBe(false);
  });

  it("forgets the episode before", () => {
    const track = new Track();
    track.push(at(4), 1);
    track.push(at(5), 2);
    expect(track.states).toHaveLength(1);
    track.push(at(2), 2);
    expect(track.states.map(({ timestep }) => timestep)).toEqual([2]);
  });

  it("does not grow without end", () => {
    const track = new Track();
    for (let timestep = 0; timestep < 1000; timestep += 1) {
      track.push(at(timestep), 1);
      track.advance(1000, 10);
    }
    expect(track.states.length).toBeLessThan(100);
    expect(track.states[track.idx]?.timestep).toBe(999);
  });
});
