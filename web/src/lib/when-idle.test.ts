import { afterEach, expect, it, vi } from "vitest";
import { savesData, whenIdle } from "./when-idle";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("waits for a page that has nothing to do", () => {
  const waiting = new Map<number, () => void>();
  vi.stubGlobal("requestIdleCallback", (run: () => void) => {
    waiting.set(7, run);
    return 7;
  });
  vi.stubGlobal("cancelIdleCallback", (handle: number) => waiting.delete(handle));
  const run = vi.fn();
  const forbid = whenIdle(run);
  expect(run).not.toHaveBeenCalled();
  waiting.get(7)?.();
  expect(run).toHaveBeenCalledOnce();
  forbid();
  expect(waiting.size).toBe(0);
});

it("waits a moment where the browser cannot tell", () => {
  vi.useFakeTimers();
  vi.stubGlobal("requestIdleCallback", undefined);
  const [first, second] = [vi.fn(), vi.fn()];
  whenIdle(first);
  whenIdle(second)();
  vi.runAllTimers();
  expect(first).toHaveBeenCalledOnce();
  expect(second).not.toHaveBeenCalled();
});

it("knows who saves data", () => {
  vi.stubGlobal("navigator", { connection: { saveData: true } });
  expect(savesData()).toBe(true);
  vi.stubGlobal("navigator", {});
  expect(savesData()).toBe(false);
});
