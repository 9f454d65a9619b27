import { useState } from 'preact/hooks';

/** A command to paste into a shell. Where the page may not write to the clipboard, the text is selected. */
export function Command({ text, label }: { readonly text: string; readonly label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (button: EventTarget | null): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const code = button instanceof Element ? button.parentElement?.querySelector('code') : null;
      if (code === null || code === undefined) return;
      getSelection()?.selectAllChildren(code);
      return;
    }
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <div class="command">
      <code>{text}</code>
      <button type="button" class="quiet-button" aria-label={`Copy: ${label}`} onClick={(event) => { void copy(event.currentTarget); }}>{copied ? 'Copied' : 'Copy'}</button>
    </div>
  );
}
