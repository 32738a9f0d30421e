/**
 * The versions of the picture that is looked at, and the pictures that were painted before.
 * @module
 */
import type { Run, Version } from "../../engine.ts";
import { useStudio } from "../context.ts";
import { IconButton } from "../parts/icon-button.tsx";
import { Thumbnail } from "../parts/thumbnail.tsx";
import { isActive, versionsOf } from "../state/runs.ts";
import { percent, pixelsInWords, reasonInWords } from "../state/words.ts";

/** Twice as large as they are shown. */
const SMALL = 320;

export function VersionList() {
  const { runs, about } = useStudio();
  const run = runs.current.value;
  const group = runs.group.value;
  const others = runs.all.value.filter((other) => other.id !== run?.id && !group.includes(other));
  return (
    <>
      <section class="section" aria-labelledby="versions-heading">
        <h2 id="versions-heading">Versions</h2>
        {run === undefined ? (
          <p class="hint">Each change keeps the picture as it was before. Versions appear here.</p>
        ) : (
          <ul class="versions">
            <Live run={run} />
            {[...versionsOf(run)].reverse().map((version) => (
              <VersionItem key={version.id} run={run} version={version} />
            ))}
          </ul>
        )}
      </section>
      {group.length > 0 && (
        <button type="button" class="back-to-grid" onClick={() => runs.lookAtGrid(!runs.asGrid.peek())}>
          {runs.asGrid.value ? "One variant" : `All ${group.length} variants`}
        </button>
      )}
      {others.length > 0 && (
        <section class="section" aria-labelledby="earlier-heading">
          <h2 id="earlier-heading">Other pictures</h2>
          <ul class="versions">
            {others.map((other) => (
              <OtherRun key={other.id} run={other} />
            ))}
          </ul>
        </section>
      )}
      {about.value?.folder !== undefined && (
        <p class="hint folder">
          Finished pictures are in <span class="path">{about.value.folder}</span>
        </p>
      )}
    </>
  );
}

/** The picture as it is, while it is painted. */
function Live({ run }: { readonly run: Run }) {
  const { runs } = useStudio();
  if (!isActive(run)) return null;
  const looked = runs.version.value === undefined;
  return (
    <li class="version">
      <button type="button" class="version-look live" aria-current={looked} onClick={() => runs.look(run.id)}>
        <span class="dot" aria-hidden="true" />
        <span class="version-name">As it is now</span>
        <span class="dim">{percent(run.progress?.done ?? 0)}</span>
      </button>
    </li>
  );
}

function VersionItem({ run, version }: { readonly run: Run; readonly version: Version }) {
  const { runs, versions, painting, readOnly } = useStudio();
  const newest = versionsOf(run).at(-1);
  const isLooked =
    runs.version.value?.id === version.id ||
    (runs.version.value === undefined && !isActive(run) && newest?.id === version.id);
  return (
    <li class="version">
      <button
        type="button"
        class="version-look"
        aria-current={isLooked}
        onClick={() => runs.look(run.id, version.id)}
      >
        <VersionPicture run={run} version={version} alt="" />
        <span class="version-name">{reasonInWords(version)}</span>
        <span class="dim">
          {pixelsInWords(version)} · step {version.evaluations}
        </span>
      </button>
      <div class="version-tools">
        <IconButton
          icon="star"
          label="Keep for good"
          pressed={version.starred}
          disabled={readOnly.value}
          onClick={() => void versions.star(run, version)}
        />
        <IconButton icon="save" label="Download" onClick={() => void versions.download(run, version)} />
        <IconButton
          icon="play"
          label="Continue from here"
          disabled={readOnly.value || painting.busy.value}
          onClick={() => void painting.continueFrom(run, version)}
        />
        <IconButton
          icon="trash"
          label="Delete this version"
          disabled={readOnly.value}
          onClick={() => void versions.remove(run, version)}
        />
      </div>
    </li>
  );
}

function VersionPicture({
  run,
  version,
  alt,
}: {
  readonly run: Run;
  readonly version: Version;
  readonly alt: string;
}) {
  const { engine, ports } = useStudio();
  return (
    <Thumbnail
      purpose={`thumb ${run.id} ${version.id}`}
      picture={version.id}
      alt={alt}
      fetch={async () => ports.shrink(await engine.versionPicture(run.id, version.id), SMALL)}
    />
  );
}

function OtherRun({ run }: { readonly run: Run }) {
  const { runs, painting, readOnly } = useStudio();
  const newest = versionsOf(run).at(-1);
  const state = run.status === "running" ? percent(run.progress?.done ?? 0) : run.status;
  return (
    <li class="version">
      <button
        type="button"
        class="version-look"
        onClick={() => {
          runs.look(run.id);
          runs.lookAtGrid(false);
        }}
      >
        {newest === undefined ? (
          <span class="thumbnail">
            <span class="blank" />
          </span>
        ) : (
          <VersionPicture run={run} version={newest} alt="" />
        )}
        <span class="version-name">{momentInWords(run.created)}</span>
        <span class="dim">
          {pixelsInWords(run)} · {state}
        </span>
      </button>
      <div class="version-tools">
        <button
          type="button"
          class="quiet small"
          disabled={readOnly.value}
          onClick={() => void painting.useSettings(run)}
        >
          Use its settings
        </button>
      </div>
    </li>
  );
}

/** "28 Nov, 14:05" in the words of the person's country. */
const momentInWords = (moment: number): string =>
  new Date(moment).toLocaleString(undefined, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
