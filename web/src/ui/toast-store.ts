import type { ReactNode } from "react";
import { hintOf, messageOf } from "@/ui/failure-text";

export interface Toast {
  id: number;
  tone: "ok" | "danger" | "neutral";
  title: string;
  text?: string | undefined;
  action?: ReactNode;
}

const LIFE_MS = 8000;
const MAX_TOASTS = 4;

let toasts: Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function publish(next: Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Shows a message in the corner; failures stay until they are closed. */
export function showToast(toast: Omit<Toast, "id">): number {
  const id = nextId;
  nextId += 1;
  publish([...toasts, { ...toast, id }].slice(-MAX_TOASTS));
  if (toast.tone !== "danger") setTimeout(() => closeToast(id), LIFE_MS);
  return id;
}

/** Says what did not work, why, and what to do about it. */
export function showFailure(title: string, error: unknown): void {
  const text = [messageOf(error), hintOf(error)].filter(Boolean).join(" ");
  showToast({ tone: "danger", title, text });
}

export function closeToast(id: number): void {
  publish(toasts.filter((toast) => toast.id !== id));
}

export function subscribeToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function listToasts(): Toast[] {
  return toasts;
}
