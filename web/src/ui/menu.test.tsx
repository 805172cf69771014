// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { Menu } from "./menu";

afterEach(cleanup);

function open(onSelect = vi.fn()) {
  const items = ["csv", "svg"].map((id) => ({ id, label: id, onSelect: () => onSelect(id) }));
  render(<Menu label="Export" icon={null} items={items} />);
  const button = screen.getByRole("button", { name: "Export" });
  fireEvent.click(button);
  return { button, onSelect };
}

it("opens with the first action in focus", () => {
  const { button } = open();
  expect(button.getAttribute("aria-expanded")).toBe("true");
  expect(document.activeElement?.textContent).toBe("csv");
});

it("moves with the arrows and around the ends", () => {
  open();
  fireEvent.keyDown(document.activeElement as Element, { key: "ArrowUp" });
  expect(document.activeElement?.textContent).toBe("svg");
  fireEvent.keyDown(document.activeElement as Element, { key: "ArrowDown" });
  expect(document.activeElement?.textContent).toBe("csv");
});

it("closes on Escape and gives the focus back", () => {
  const { button } = open();
  fireEvent.keyDown(document.activeElement as Element, { key: "Escape" });
  expect(screen.queryByRole("menu")).toBeNull();
  expect(document.activeElement).toBe(button);
});

it("closes when something else is pressed", () => {
  open();
  fireEvent.pointerDown(document.body);
  expect(screen.queryByRole("menu")).toBeNull();
});

it("does what was chosen, once", () => {
  const { onSelect } = open();
  fireEvent.click(screen.getByRole("menuitem", { name: "svg" }));
  expect(onSelect.mock.calls).toEqual([["svg"]]);
  expect(screen.queryByRole("menu")).toBeNull();
});
