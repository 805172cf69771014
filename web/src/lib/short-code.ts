/** The file behind an environment that somebody wrote here: code/abc@3 -> abc. */
export function codeIdOf(envId: string): string | undefined {
  return /^code\/([^@/]+)@\d+$/.exec(envId)?.[1];
}

/** LunarLander-v3 -> LL-3; an own environment shows its version. */
export function shortCode(id: string): string {
  if (codeIdOf(id)) return `V${id.split("@")[1]}`;
  const name = id.split("/").pop() ?? id;
  const [base = "", version] = name.split(/-v(?=\d+$)/);
  const capitals = base.replaceAll(/[^A-Z0-9]/g, "").slice(0, 4) || base.slice(0, 2).toUpperCase();
  return version === undefined ? capitals : `${capitals}-${version}`;
}
