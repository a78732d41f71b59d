/** What can be seen of one model's mask of a target without knowing the truth. */
export interface CandidateSignals {
  /** Dice that the mask would have on average if the model's own probabilities were true, 0–1. */
  readonly own: number;
  /** The same by the other model's probabilities. */
  readonly cross: number;
  /** Highest probability of a pixel. */
  readonly peak: number;
  /** Share of the frame. */
  readonly area: number;
  /** Mean entropy (nats) of the pixels' probabilities, for each share of the frame that is mask. */
  readonly entropy: number;
  /** Dice between the mask of the image as it is and that of its other poses (mirrored, turned), 0–1; 1 where none was asked. */
  readonly mirrored: number;
}
export interface Signals {
  readonly vlsm: CandidateSignals;
  readonly conventional: CandidateSignals;
  /** Dice between both masks, 0–1. */
  readonly agreement: number;
}
