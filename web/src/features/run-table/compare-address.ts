/** Where runs are compared. */
export function compareAddress(runs: readonly { id: string }[]): string {
  return `/compare?ids=${runs.map(({ id }) => id).join(",")}`;
}
