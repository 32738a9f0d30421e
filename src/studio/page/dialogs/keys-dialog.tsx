/**
 * The list of keys.
 * @module
 */
import { keyHelp } from "../state/keys.ts";
import { Dialog } from "./dialog.tsx";

export const KeysDialog = ({ open, onClose }: { readonly open: boolean; onClose(): void }) => (
  <Dialog title="Keys" open={open} onClose={onClose}>
    <dl class="keys">
      {keyHelp(/mac/i.test(navigator.userAgent) ? "⌘" : "Ctrl").map(({ keys, does }) => (
        <div key={does}>
          <dt>
            {keys.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  </Dialog>
);
