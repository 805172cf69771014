import { describe, expect, it } from "vitest";
import { importAddress, modelFileUrl } from "./model-files";

const file = new File(["x"], "my model & more.zip");

describe("importAddress", () => {
  it("leaves out what the file says itself", () => {
    expect(importAddress({ file, envId: "", algorithm: "", name: " " })).toBe(
      "/api/v1/models?file_name=my+model+%26+more.zip",
    );
  });

  it("names environment, algorithm and name", () => {
    const address = importAddress({
      file,
      envId: "ALE/Pong-v5",
      algorithm: "dqn",
      name: " Mine ",
    });
    const query = new URLSearchParams(address.split("?")[1]);
    expect(Object.fromEntries(query)).toEqual({
      file_name: "my model & more.zip",
      env_id: "ALE/Pong-v5",
      algorithm: "dqn",
      name: "Mine",
    });
  });
});

describe("modelFileUrl", () => {
  it("names format and checkpoint", () => {
    expect(modelFileUrl("abc", "sb3-zip", 500)).toBe(
      "/api/v1/runs/abc/model?format=sb3-zip&checkpoint=500",
    );
  });
});
