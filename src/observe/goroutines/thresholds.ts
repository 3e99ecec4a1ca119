/** From where on goroutines are said to pile up. Stated in what is printed, and adjustable by the flags of `gorca goroutines leaks`. */
export interface GoroutineThresholds {
  /** Fewer more than before are no crowd, however they grow. */
  readonly leastGrowth: number;
  /** The same where no ids show whether they stay. */
  readonly leastGrowthWithoutIds: number;
  /** So many times as many as before. */
  readonly leastFactor: number;
  /** Where ids show that they stay, less growth tells as much. */
  readonly leastFactorWithIds: number;
  /** New ones a minute at least, where the dumps have times; 0: any. */
  readonly leastPerMinute: number;
  /** A step may lose this share: goroutines that were about to end when the dump was taken. */
  readonly stepTolerance: number;
  /** Of a crowd that leaks nearly all are there in the next dump; of one that works most have changed ten seconds later. */
  readonly stay: number;
  /** One dump shows a crowd only: so many goroutines at least … */
  readonly crowd: number;
  /** … so large a share of all … */
  readonly crowdShare: number;
  /** … that have waited for so many minutes. */
  readonly crowdMinutes: number;
}

export const THRESHOLDS: GoroutineThresholds = {
  leastGrowth: 10,
  leastGrowthWithoutIds: 20,
  leastFactor: 1.5,
  leastFactorWithIds: 1.2,
  leastPerMinute: 0,
  stepTolerance: 0.9,
  stay: 0.8,
  crowd: 50,
  crowdShare: 0.5,
  crowdMinutes: 2,
};
