/**
 * Where inputs are read from and results go, for workers on any machine. What is there under a name is there whole or not
 * at all, whoever is killed meanwhile.
 * @module
 */
import { ImpastoError } from "../errors.ts";

/** The storage itself does not answer, which is no fault of the job's: it may tomorrow. */
export class StorageError extends ImpastoError {
  override readonly name = "StorageError";
}

/** What stands in the place of a result. */
export interface Occupant {
  /** Whether impasto made it: then it may be replaced. */
  readonly isResult: boolean;
  /** The job that it is the finished result of, where that is known. */
  readonly id?: string | undefined;
}

/** Files by their names. */
export interface Storage {
  /** How messages call it. */
  readonly place: string;
  /**
   * Makes sure that it is there.
   * @throws StorageError where it is not, or is another than jobs were made for.
   */
  check(): Promise<void>;
  /** Says that jobs are made for it, from where {@link check} knows it. */
  mark(): Promise<void>;
  /**
   * The bytes of a file.
   * @param memory the most that it may have.
   * @returns undefined where there is none.
   * @throws StorageError
   */
  read(name: string, memory?: number): Promise<Uint8Array | undefined>;
  /**
   * Writes or replaces a file, whole or not at all.
   * @param madeBy the job that it is the finished result of, if it is one.
   * @throws StorageError; MisuseError where there can be no file of that name.
   */
  write(name: string, parts: readonly Uint8Array[], madeBy?: string): Promise<void>;
  /** Removes a file, if there is one. */
  remove(name: string): Promise<void>;
  /** What is in the place of a result; undefined where nothing is. */
  lookAt(name: string): Promise<Occupant | undefined>;
}
