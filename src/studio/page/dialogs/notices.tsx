/**
 * Short sentences at the foot of the canvas.
 * @module
 */
import { useStudio } from "../context.ts";
import { IconButton } from "../parts/icon-button.tsx";

export function NoticeList() {
  const { notices } = useStudio();
  return (
    <div class="notices">
      {notices.shown.value.map(({ id, text, wrong, action }) => (
        <div key={id} class={`notice ${wrong ? "wrong" : ""}`} role={wrong ? "alert" : "status"}>
          <p>{text}</p>
          {action && (
            <button
              type="button"
              class="quiet small"
              onClick={() => {
                notices.close(id);
                action.run();
              }}
            >
              {action.label}
            </button>
          )}
          <IconButton icon="close" label="Close" onClick={() => notices.close(id)} />
        </div>
      ))}
    </div>
  );
}
