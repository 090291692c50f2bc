import type { Deal } from "./deal.ts";
import { html, type Html } from "./html.ts";

/** The page of all deals. */
export function dealsPage(deals: Deal[], commit: string): string {
  if (deals.length === 0)
    return page(
      "No deals today",
      html`<p>The catalogue has no socks, so there is nothing to offer.</p>`,
      commit,
    );
  const socks = deals.length === 1 ? "One sock" : `${String(deals.length)} socks`;
  const content = html`<p>Every sock of the catalogue, at a discount.</p>
    <table>
      <caption>
        ${socks} on offer
      </caption>
      <thead>
        <tr>
          <th scope="col">Sock</th>
          <th scope="col">Regular price</th>
          <th scope="col">Discount</th>
          <th scope="col">Deal</th>
        </tr>
      </thead>
      <tbody>
        ${deals.map(row)}
      </tbody>
    </table>`;
  return page("Deals on socks", content, commit);
}

/** The page in their place while the catalogue does not answer. @param reason what is wrong with it, in a sentence. */
export function troublePage(reason: string, commit: string): string {
  const content = html`<p role="alert">${reason}</p>
    <p>Deals are made of what the catalogue has. <a href="./">Try again</a> in a moment.</p>`;
  return page("No deals at the moment", content, commit);
}

function row({ discount, price, sock }: Deal): Html {
  return html`<tr>
    <th scope="row">${sock.name}</th>
    <td><s>${dollars(sock.price)}</s></td>
    <td>${String(discount)}%</td>
    <td><strong>${dollars(price)}</strong></td>
  </tr> `;
}

const currency = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

function dollars(price: number): string {
  return currency.format(price);
}

/** A whole page. It needs no script, and its one style sheet lies beside it. */
function page(title: string, content: Html, commit: string): string {
  const { text } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="sock.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="deals.css" />
      </head>
      <body>
        <header>
          <img src="sock.svg" alt="" width="48" height="48" />
          <h1>${title}</h1>
        </header>
        <main>${content}</main>
        <footer>
          <p>Built from commit <code>${commit}</code>. <a href="health">Health of the services</a></p>
        </footer>
      </body>
    </html> `;
  return text;
}
