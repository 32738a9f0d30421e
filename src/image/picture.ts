/**
 * A picture in memory. Everything above the codecs speaks of pictures in this one form.
 * @module
 */

/** What values may mean that sRGB's do not: colours beyond it, and the same curve. */
export type WideProfile = "display-p3";

/** An RGB picture: planar, values in [0, 1] of sRGB or of its profile, not premultiplied. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** `[3, height, width]`, the red plane first. */
  readonly rgb: Float32Array;
  /** `[height, width]`, 0 transparent to 1 opaque; absent when the picture is opaque everywhere. */
  readonly alpha?: Float32Array;
  /** What the values mean; sRGB when absent. */
  readonly profile?: WideProfile;
  /** What a person should know of how the file was read, a sentence each; absent when there is nothing to say. */
  readonly notes?: readonly string[];
  /** SHA-256 of the file it was decoded from, in hexadecimal; absent when it came from elsewhere. */
  readonly checksum?: string;
}

/** A picture whose values mean what those of a profile do; sRGB when absent. */
export const inProfile = (picture: Picture, profile: WideProfile | undefined): Picture =>
  profile === undefined ? picture : { ...picture, profile };
