/** How the page of a difference looks, light and dark; it loads nothing. */
export const diffStyle = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f5f6f8; --text: #1b1f24; --quiet: #57606a; --line: #d5dae0;
  --link: #0a4fa3; --good: #17602b; --good-ground: #e3f5e8; --bad: #8f1f14; --bad-ground: #fdeae7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171c; --raised: #1d2129; --text: #e6e9ee; --quiet: #a3adba; --line: #353c47;
    --link: #8dbdff; --good: #8ee0a4; --good-ground: #17301f; --bad: #ffb0a6; --bad-ground: #3b1d1a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 72rem;
  background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 0.75rem; }
a { color: var(--link); }
p { margin: 0.5rem 0; }
.verdict { display: inline-block; padding: 0.3rem 0.75rem; border-radius: 0.4rem; font-weight: 600; }
.good { color: var(--good); background: var(--good-ground); }
.bad { color: var(--bad); background: var(--bad-ground); }
.quiet { color: var(--quiet); }
table {
  width: 100%; border-collapse: collapse; margin: 0.75rem 0 1.25rem; table-layout: fixed;
  border: 1px solid var(--line);
}
caption { text-align: left; font-weight: 600; padding: 0.35rem 0; overflow-wrap: anywhere; }
th, td {
  text-align: left; vertical-align: top; padding: 0.4rem 0.6rem; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere;
}
thead th { background: var(--raised); }
tbody th { font-weight: 400; }
code, pre { font: 0.875rem/1.45 ui-monospace, monospace; }
pre { white-space: pre-wrap; margin: 0.4rem 0 0; }
summary { cursor: pointer; list-style-position: outside; margin-left: 1.1rem; }
.short { width: 9rem; }
.said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (max-width: 40rem) { .short { width: 5.5rem; } th, td { padding: 0.35rem 0.4rem; } }
@media print { body { max-width: none; padding: 0; } }
`;
