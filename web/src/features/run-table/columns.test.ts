import { describe, expect, it } from "vitest";
import { DEFAULT_SORT, nextSort, sortState, toSort } from "./columns";

describe("sorting", () => {
  it("accepts what the server knows and nothing else", () => {
    expect(toSort("-mean_return")).toBe("-mean_return");
    for (const odd of [undefined, "", "owner", "--name", "name; drop"])
      expect(toSort(odd)).toBe(DEFAULT_SORT);
  });

  it("goes downwards first, then upwards", () => {
    expect(nextSort("-created_at", "name")).toBe("-name");
    expect(nextSort("-name", "name")).toBe("name");
    expect(sortState("name", "name")).toBe("ascending");
    expect(sortState("-name", "name")).toBe("descending");
    expect(sortState("-name", "status")).toBe("none");
  });
});
