/** One of two texts that are compared. */
export interface Side {
  label: string;
  text: string;
}

interface Compared {
  version: number;
  /** The other version; absent for the text in the editor. */
  other: number | undefined;
  current: string;
  /** Source of the version, as soon as it is loaded. */
  chosen: string | undefined;
  otherText: string | undefined;
}

/** The older text first; null until both are there. */
export function sidesOf(wish: Compared): [Side, Side] | null {
  const { version, other, current, chosen, otherText } = wish;
  if (chosen === undefined) return null;
  const own = { label: `Version ${version}`, text: chosen };
  if (other === undefined) return [own, { label: "The text in the editor", text: current }];
  if (otherText === undefined) return null;
  const theirs = { label: `Version ${other}`, text: otherText };
  return other < version ? [theirs, own] : [own, theirs];
}
