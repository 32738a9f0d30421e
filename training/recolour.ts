/**
 * Other colours for a picture: a thousand photographs and three dozen paintings have few palettes between them, and a
 * student that knows no others shows it where a painting has one of its own.
 * @module
 */
import type { Random } from "./random.ts";

/** Saturation is divided or multiplied by up to this. */
const SATURATION = 2;
/** The exponent of each channel's curve is between its inverse and this. */
const GAMMA = 1.6;
/** Contrast about the middle is divided or multiplied by up to this. */
const CONTRAST = 1.3;

/**
 * Turns the hues by a random angle about the grey axis, and changes saturation, contrast and each channel's curve, the
 * same way in all the pictures.
 * @param pictures `[3, pixels]` each, RGB in [0, 1]; changed in place.
 */
export function recolour(pictures: readonly Float32Array[], random: Random): void {
  const within = (most: number) => most ** (2 * random.uniform() - 1);
  const angle = 2 * Math.PI * random.uniform();
  const [saturation, contrast] = [within(SATURATION), within(CONTRAST)];
  const gammas = [within(GAMMA), within(GAMMA), within(GAMMA)];
  const [along, across] = [saturation * Math.cos(angle), (saturation * Math.sin(angle)) / Math.sqrt(3)];
  for (const picture of pictures) {
    const pixels = picture.length / 3;
    for (let pixel = 0; pixel < pixels; pixel++) {
      const [red, green, blue] = [picture[pixel], picture[pixels + pixel], picture[2 * pixels + pixel]];
      const grey = (red + green + blue) / 3;
      // Rodrigues' rotation of what is not grey.
      const turned = [
        along * (red - grey) + across * (blue - green),
        along * (green - grey) + across * (red - blue),
        along * (blue - grey) + across * (green - red),
      ];
      for (const [channel, colour] of turned.entries()) {
        const value = 0.5 + contrast * (grey + colour - 0.5);
        picture[channel * pixels + pixel] = Math.min(1, Math.max(0, value)) ** gammas[channel];
      }
    }
  }
}
