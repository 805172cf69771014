/** The settings of the run's form, all text, and how one is changed. */
export interface RewardSettings {
  values: Record<string, string>;
  set: (name: string, raw: string) => void;
}
