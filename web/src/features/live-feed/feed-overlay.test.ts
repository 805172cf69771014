import { describe, expect, it } from "vitest";
import type { FrameHeader } from "@/api/frames/frame-message";
import { shapeOf } from "./feed-overlay";

describe("the labels of tiles", () => {
  it("lie over a picture of its own shape", () => {
    const header = { width: 900, height: 600, columns: 3, rows: 3 } as FrameHeader;
    expect(shapeOf(header)).toBe(1.5);
  });

  it("take games that the page draws for square", () => {
    const header = { width: 0, height: 0, columns: 2, rows: 2 } as FrameHeader;
    expect(shapeOf(header)).toBe(1);
  });
});
