/**
 * A small picture of the studio's, fetched once. Its address lives as long as it is shown.
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { useStudio } from "../context.ts";

/** The address of a blob while a component shows it. */
export function useObjectUrl(blob: Blob | undefined): string | undefined {
  const [url, setUrl] = useState<string | undefined>(undefined);
  useEffect(() => {
    if (blob === undefined) return setUrl(undefined);
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url;
}

export interface ThumbnailProps {
  /** What it is for; the newest picture for a purpose is shown. */
  readonly purpose: string;
  /** Which picture it is. Where it is absent, whoever else asks for the purpose says so. */
  readonly picture?: string;
  readonly alt: string;
  fetch?(): Promise<Blob>;
}

export function Thumbnail({ purpose, picture, alt, fetch }: ThumbnailProps) {
  const { blobs } = useStudio();
  useEffect(() => {
    if (picture !== undefined && fetch !== undefined) blobs.want(purpose, picture, fetch);
  }, [purpose, picture]);
  const url = useObjectUrl(blobs.of(purpose).value?.blob);
  return (
    <span class="thumbnail">{url === undefined ? <span class="blank" /> : <img src={url} alt={alt} />}</span>
  );
}
