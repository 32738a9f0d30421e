/**
 * A button with a sign on it, and its name for those who do not see it, or rest on it.
 * @module
 */
import { Icon, type IconName } from "./icon.tsx";

export interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  /** For one that stays pressed. */
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  /** The key that does the same. */
  readonly shortcut?: string;
  onClick(): void;
}

export const IconButton = ({
  icon,
  label,
  pressed,
  disabled = false,
  shortcut,
  onClick,
}: IconButtonProps) => (
  <button
    type="button"
    class="icon-button"
    aria-label={label}
    title={shortcut === undefined ? label : `${label} (${shortcut})`}
    {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
    {...(shortcut === undefined ? {} : { "aria-keyshortcuts": shortcut })}
    disabled={disabled}
    onClick={onClick}
  >
    <Icon name={icon} filled={icon === "star" && pressed === true} />
  </button>
);
