/** LunarLander-v3 -> LL-3. */
export function shortCode(id: string): string {
  const name = id.split("/").pop() ?? id;
  const [base = "", version] = name.split(/-v(?=\d+$)/);
  const capitals = base.replaceAll(/[^A-Z0-9]/g, "").slice(0, 4) || base.slice(0, 2).toUpperCase();
  return version === undefined ? capitals : `${capitals}-${version}`;
}
