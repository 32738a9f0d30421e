/**
 * Small pictures in every format that impasto reads and in those that it refuses, as many ways as the encoders have: what
 * mutated pictures are made of.
 * @module
 */
import sharp, { type Sharp } from "sharp";
import { encodePicture } from "../../src/image/encode.node.ts";
import type { Picture } from "../../src/image/picture.ts";
import { withChunk } from "../../test/png-chunk.ts";
import { tiffBytes } from "../../test/tiff-bytes.ts";

const [WIDTH, HEIGHT] = [21, 14];

/** Waves of colour, and a hole where there is alpha. */
const samples = (channels: number): Buffer =>
  Buffer.from(
    Uint8Array.from({ length: WIDTH * HEIGHT * channels }, (_, i) => Math.round(127 + 120 * Math.sin(i / 5))),
  );

const raw = (channels: 1 | 3 | 4): Sharp =>
  sharp(samples(channels), { raw: { width: WIDTH, height: HEIGHT, channels } });

/** Three frames below each other. */
const animation = (): Sharp =>
  sharp(Buffer.concat([samples(3), samples(3).reverse(), samples(3)]), {
    raw: { width: WIDTH, height: 3 * HEIGHT, channels: 3, pageHeight: HEIGHT },
  });

const own = (profile: Picture["profile"]): Picture => ({
  width: WIDTH,
  height: HEIGHT,
  rgb: Float32Array.from({ length: 3 * WIDTH * HEIGHT }, (_, i) => 0.5 + 0.5 * Math.sin(i / 7)),
  ...(profile === undefined ? {} : { profile }),
});

const RECIPE = JSON.stringify({ software: "impasto", options: { size: 16 }, stopped: false });

const tiff = (compression: "none" | "lzw" | "deflate" | "packbits" | "jpeg" | "webp") =>
  raw(3).tiff({ compression }).toBuffer();

/** As APNG has it: how many frames, and one in front of the picture's own data. */
async function animatedPng(): Promise<Uint8Array> {
  const control = Buffer.alloc(26);
  control.writeUInt32BE(WIDTH, 4);
  control.writeUInt32BE(HEIGHT, 8);
  const frames = Buffer.from([0, 0, 0, 1, 0, 0, 0, 0]);
  return withChunk(withChunk(await raw(3).png().toBuffer(), "fcTL", control), "acTL", frames);
}

/** An AVIF that says it is a HEIC. */
async function heic(): Promise<Uint8Array> {
  const bytes = await raw(3).avif().toBuffer();
  return Buffer.from(bytes.toString("latin1").replaceAll("avif", "heic"), "latin1");
}

/** What a kind of number makes of the waves, in pages of a TIFF. */
function tiffPages(): readonly Uint8Array[] {
  const page = { width: WIDTH, height: HEIGHT };
  const deep = Uint16Array.from(samples(3), (value) => 257 * value);
  const light = Float32Array.from(samples(3), (value) => value / 200);
  const inks = Uint16Array.from({ length: 5 * WIDTH * HEIGHT }, (_, i) => (i * 997) % 65_536);
  const whole = { ...page, samples: deep, photometric: 2 };
  return [
    tiffBytes([whole]),
    tiffBytes([{ ...page, samples: light, photometric: 2 }]),
    tiffBytes([{ ...page, samples: inks, photometric: 5, extraSamples: [2] }]),
    tiffBytes([
      { ...page, samples: Uint32Array.from(samples(3), (value) => value * 2 ** 24), photometric: 2 },
    ]),
    tiffBytes([{ ...page, samples: Uint8Array.from(samples(3)), photometric: 8 }]),
    tiffBytes([
      {
        ...page,
        samples: Float32Array.from(inks, (value) => value / 65_535),
        photometric: 2,
        extraSamples: [1, 0],
      },
    ]),
    tiffBytes([{ ...page, samples: samples(1), photometric: 0, subPages: [whole] }, whole], { big: true }),
  ];
}

/** The text of a picture of lines, of a page, and of none. */
const OTHERS: readonly string[] = [
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>',
  "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
  "BM\u0046\0\0\0\0\0\0\0\u0036\0\0\0\u0028\0\0\0\u0002\0\0\0\u0002\0\0\0\u0001\0\u0018\0",
  "P6 2 2 255 abcdefghijkl",
  "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 2 +X 2\n",
  "\0\0\0\fjP  \r\n\u0087\n\0\0\0\u0014ftypjp2 ",
  "no picture at all",
];

/** Makes them. */
export async function pictureSeeds(): Promise<readonly Uint8Array[]> {
  const exif = { IFD0: { Orientation: "6", Software: "a camera" }, IFD2: { ColorSpace: "65535" } };
  const made = await Promise.all([
    // PNG.
    raw(3).png().toBuffer(),
    raw(4).png({ progressive: true }).toBuffer(),
    raw(3).png({ palette: true, colours: 16 }).toBuffer(),
    raw(1).toColourspace("b-w").png().toBuffer(),
    raw(3).toColourspace("rgb16").png().toBuffer(),
    raw(3).withIccProfile("p3").withExif(exif).png().toBuffer(),
    animatedPng(),
    encodePicture(own(undefined), "png", { recipe: RECIPE, depth: 16 }),
    encodePicture(own("display-p3"), "png", { recipe: RECIPE }),
    // JPEG.
    raw(3).jpeg().toBuffer(),
    raw(3).jpeg({ progressive: true, chromaSubsampling: "4:4:4" }).withExif(exif).toBuffer(),
    raw(3).toColourspace("cmyk").jpeg().toBuffer(),
    raw(1).toColourspace("b-w").jpeg().toBuffer(),
    encodePicture(own("display-p3"), "jpeg", { recipe: RECIPE }),
    // WebP.
    raw(3).webp().toBuffer(),
    raw(4).webp({ lossless: true }).withIccProfile("p3").toBuffer(),
    animation()
      .webp({ delay: [20, 20, 20] })
      .toBuffer(),
    encodePicture(own(undefined), "webp", { recipe: RECIPE }),
    // GIF.
    raw(4).gif().toBuffer(),
    animation()
      .gif({ delay: [50, 50, 50] })
      .toBuffer(),
    // AVIF, and what looks like it.
    raw(3).avif({ effort: 0 }).toBuffer(),
    raw(4).avif({ effort: 0, lossless: true }).withExif(exif).toBuffer(),
    heic(),
    // TIFF.
    tiff("none"),
    tiff("lzw"),
    tiff("deflate"),
    tiff("packbits"),
    tiff("jpeg"),
    tiff("webp"),
    raw(3).tiff({ tile: true, tileWidth: 16, tileHeight: 16, pyramid: true, bigtiff: true }).toBuffer(),
    raw(1).toColourspace("b-w").tiff({ bitdepth: 1, compression: "ccittfax4" }).toBuffer(),
    raw(3).toColourspace("lab").tiff().toBuffer(),
    raw(3)
      .toColourspace("rgb16")
      .withExif(exif)
      .tiff({ predictor: "horizontal", compression: "lzw" })
      .toBuffer(),
    encodePicture(own("display-p3"), "tiff", { recipe: RECIPE, depth: 16 }),
  ]);
  return [...made, ...tiffPages(), ...OTHERS.map((text) => Buffer.from(text, "latin1"))];
}
