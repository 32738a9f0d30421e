/**
 * The page: settings, canvas, versions. Which of them is beside which, the style sheets say; on a phone one group of settings
 * is seen at a time.
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Banners } from "./canvas/banners.tsx";
import { Grid } from "./canvas/grid.tsx";
import { Stage } from "./canvas/stage.tsx";
import { Tools } from "./canvas/tools.tsx";
import { useStudio } from "./context.ts";
import { Details } from "./details/loss-chart.tsx";
import { DiscardDialog } from "./dialogs/discard-dialog.tsx";
import { KeysDialog } from "./dialogs/keys-dialog.tsx";
import { NoticeList } from "./dialogs/notices.tsx";
import { RecipeDialog } from "./dialogs/recipe-dialog.tsx";
import { VariantsDialog } from "./dialogs/variants-dialog.tsx";
import { DropAnywhere } from "./inputs/drop-anywhere.tsx";
import { Paintings } from "./inputs/paintings.tsx";
import { Photograph } from "./inputs/photograph.tsx";
import { IconButton } from "./parts/icon-button.tsx";
import { Actions } from "./runs/actions.tsx";
import { followKeys } from "./shortcuts.ts";
import { More } from "./steering/more.tsx";
import { SizeChoice } from "./steering/size.tsx";
import { Sliders } from "./steering/sliders.tsx";
import { rememberedTheme, showTheme, THEMES } from "./theme.ts";
import { VersionList } from "./versions/versions.tsx";

const TABS = [
  ["pictures", "Pictures"],
  ["style", "Style"],
  ["more", "More"],
  ["versions", "Versions"],
] as const;

type Dialogs = "keys" | "variants" | "discard";

export function App() {
  const state = useStudio();
  const { title, announcer, runs, readOnly, drafts, about } = state;
  const tab = useSignal<(typeof TABS)[number][0]>("pictures");
  const dialog = useSignal<Dialogs | undefined>(undefined);
  const close = (): void => {
    dialog.value = undefined;
  };
  const show = (wanted: Dialogs) => () => {
    dialog.value = wanted;
  };
  const words = title.value;
  useEffect(() => {
    document.title = words;
  }, [words]);
  useEffect(() => followKeys(state, () => (dialog.value = "keys")), [state, dialog]);
  return (
    <div class="studio" data-tab={tab.value}>
      <Header onKeys={show("keys")} />
      <main class="canvas" aria-label="Canvas">
        {runs.asGrid.value ? <Grid /> : <Stage />}
        {!runs.asGrid.value && drafts.now.value.photograph === undefined && (
          <p class="invitation">Drop, paste or choose a photograph</p>
        )}
        <Banners />
        {!runs.asGrid.value && <Tools />}
        <NoticeList />
      </main>
      <nav class="tabs" aria-label="Settings">
        {TABS.map(([name, label]) => (
          <button
            key={name}
            type="button"
            aria-pressed={tab.value === name}
            onClick={() => (tab.value = name)}
          >
            {label}
          </button>
        ))}
      </nav>
      <aside class="settings" aria-label="Settings">
        {/* Keys scroll it also while nothing in it can have the focus. */}
        <div class="scroller" {...(readOnly.value ? { tabIndex: 0 } : {})}>
          <fieldset data-for="all" disabled={readOnly.value}>
            <legend class="visually-hidden">What is painted, and how</legend>
            <div data-for="pictures">
              <Photograph />
              <Paintings />
            </div>
            <div data-for="style">
              <Sliders />
              <SizeChoice />
            </div>
            <div data-for="more">
              <More open={tab.value === "more"} />
            </div>
          </fieldset>
          {/* Whoever only looks may look at this as well. */}
          <div data-for="more">
            <Details />
            <p class="hint foot">{about.value?.note} Nothing leaves this computer.</p>
          </div>
        </div>
      </aside>
      <Actions onVariants={show("variants")} onDiscard={show("discard")} />
      <aside class="history" aria-label="Versions">
        <VersionList />
      </aside>
      <DropAnywhere />
      <RecipeDialog />
      <KeysDialog open={dialog.value === "keys"} onClose={close} />
      <VariantsDialog open={dialog.value === "variants"} onClose={close} />
      <DiscardDialog open={dialog.value === "discard"} onClose={close} />
      <p class="visually-hidden" role="status" aria-live="polite" data-testid="announcer">
        {announcer.said.value}
      </p>
    </div>
  );
}

const ICONS = { auto: "auto", light: "sun", dark: "moon" } as const;

function Header({ onKeys }: { onKeys(): void }) {
  const { history, undo } = useStudio();
  const newest = history.newest.value;
  const theme = useSignal(rememberedTheme());
  const chosen = theme.value;
  useEffect(() => showTheme(chosen), [chosen]);
  return (
    <header class="header">
      <h1>impasto</h1>
      <span class="spacer" />
      <IconButton
        icon="undo"
        label={newest === undefined ? "Undo" : `Undo ${newest.what}`}
        shortcut="Control+Z"
        disabled={newest === undefined}
        onClick={undo}
      />
      <IconButton
        icon={ICONS[chosen]}
        label={`Theme: ${chosen}`}
        onClick={() => {
          theme.value = THEMES[(THEMES.indexOf(theme.peek()) + 1) % THEMES.length] ?? "auto";
        }}
      />
      <IconButton icon="keyboard" label="Keys" shortcut="?" onClick={onKeys} />
    </header>
  );
}
