// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Drawer } from "./drawer";
import { ErrorState } from "./error-state";
import { Field } from "./field";
import { Tabs } from "./tabs";

afterEach(cleanup);

describe("ErrorState", () => {
  it("shows the server's hint and offers another try", () => {
    const retry = vi.fn();
    const error = Object.assign(new Error("Too big."), { hint: "Take 8." });
    render(<ErrorState title="Not created" error={error} onRetry={retry} />);
    expect(screen.getByRole("alert").textContent).toContain("Too big.Take 8.");
    fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(retry).toHaveBeenCalledOnce();
  });

  it("survives what is no error", () => {
    render(<ErrorState title="Oh" error={{ hint: { a: 1 } }} />);
    expect(screen.getByRole("alert").textContent).toContain("Something went wrong.");
  });
});

describe("Field", () => {
  it("ties label, help and error to the control", () => {
    render(
      <Field label="Gamma" help="Discount." error="Too big.">
        {({ id, describedBy, isInvalid }) => (
          <input id={id} aria-describedby={describedBy} aria-invalid={isInvalid} />
        )}
      </Field>,
    );
    const input = screen.getByLabelText("Gamma");
    expect(input.getAttribute("aria-invalid")).toBe("true");
    fireEvent.click(screen.getByRole("button", { name: "Help on Gamma" }));
    const described = (input.getAttribute("aria-describedby") ?? "").split(" ");
    expect(described.map((id) => document.getElementById(id)?.textContent)).toEqual([
      "Discount.",
      "Too big.",
    ]);
  });
});

describe("Tabs", () => {
  it("moves with the arrow keys, round the ends", () => {
    const change = vi.fn();
    const tabs = ["a", "b", "c"].map((id) => ({ id, label: id, content: id }));
    render(<Tabs label="Parts" tabs={tabs} active="a" onChange={change} />);
    fireEvent.keyDown(screen.getByRole("tab", { name: "a" }), { key: "ArrowLeft" });
    expect(change).toHaveBeenCalledWith("c");
    expect(screen.getByRole("tabpanel").textContent).toBe("a");
  });

  it("shows the first part for an unknown one", () => {
    render(
      <Tabs
        label="Parts"
        tabs={[{ id: "a", label: "A", content: "x" }]}
        active="zzz"
        onChange={vi.fn()}
      />,
    );
    expect(screen.getByRole("tab", { name: "A" }).getAttribute("aria-selected")).toBe("true");
  });
});

describe("Drawer", () => {
  it("closes with Escape and is not modal", () => {
    const close = vi.fn();
    render(
      <Drawer title="Output" isOpen onClose={close}>
        text
      </Drawer>,
    );
    const drawer = screen.getByRole("region", { name: "Output" });
    expect(document.activeElement).toBe(drawer);
    fireEvent.keyDown(drawer, { key: "Escape" });
    expect(close).toHaveBeenCalledOnce();
    expect(screen.queryByRole("dialog")).toBeNull();
  });
});
