/** What the tests ask, and where: the addresses come from the environment. */

export interface Sock {
  id: string;
  name: string;
  price: number;
}

export interface Deal {
  id: number;
  discount: number;
  price: number;
  sock: Sock;
}

export interface Health {
  health: { service: string; status: string; time: string }[];
}

export interface Answer<Body> {
  status: number;
  body: Body;
}

export function deals<Body>(path: string, method = "GET"): Promise<Answer<Body>> {
  return request<Body>("DEALS_ADDRESS", path, method);
}

export async function catalogue<Body>(path: string): Promise<Body> {
  return (await request<Body>("CATALOGUE_ADDRESS", path, "GET")).body;
}

/** What deals answers, whatever it is. */
export async function page(path: string): Promise<{ status: number; text: string; headers: Headers }> {
  const response = await open("DEALS_ADDRESS", path, "GET");
  return { status: response.status, text: await response.text(), headers: response.headers };
}

async function request<Body>(variable: string, path: string, method: string): Promise<Answer<Body>> {
  const response = await open(variable, path, method);
  return { status: response.status, body: (await response.json()) as Body };
}

async function open(variable: string, path: string, method: string): Promise<Response> {
  const address = process.env[variable];
  if (!address) throw new Error(`${variable} must be host:port, for example deals:80, but is not set.`);
  return fetch(`http://${address}${path}`, { method, signal: AbortSignal.timeout(5000) });
}
