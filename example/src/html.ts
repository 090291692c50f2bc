/** Text that is HTML already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** HTML with values in it. All but HTML is escaped, so that whatever a service says stays text. */
export function html(parts: TemplateStringsArray, ...values: (string | Html | Html[])[]): Html {
  const texts = values.map(textOf);
  return new Html(parts.map((part, index) => `${part}${texts[index] ?? ""}`).join(""));
}

function textOf(value: string | Html | Html[]): string {
  if (Array.isArray(value)) return value.map(({ text }) => text).join("");
  return value instanceof Html
    ? value.text
    : value.replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}
