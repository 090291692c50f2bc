/**
 * Who may call whom in all of Sock Shop, on which port of the pod: written down a second time, after
 * microservices-demo's own manifests and code, not taken from the catalogue under test.
 */
export const shopEdges = [
  "front-end -> catalogue:8080",
  "front-end -> carts:8080",
  "front-end -> user:8080",
  "front-end -> orders:8080",
  "front-end -> session-db:6379",
  "catalogue -> catalogue-db:3306",
  "carts -> carts-db:27017",
  "user -> user-db:27017",
  "orders -> orders-db:27017",
  "orders -> user:8080",
  "orders -> carts:8080",
  "orders -> payment:8080",
  "orders -> shipping:8080",
  "shipping -> rabbitmq:5672",
  "queue-master -> rabbitmq:5672",
];

/** Port of each service's pods. */
export const podPorts: Record<string, number> = {
  "front-end": 8079,
  catalogue: 8080,
  "catalogue-db": 3306,
  carts: 8080,
  "carts-db": 27017,
  user: 8080,
  "user-db": 27017,
  orders: 8080,
  "orders-db": 27017,
  payment: 8080,
  shipping: 8080,
  "queue-master": 8080,
  rabbitmq: 5672,
  "session-db": 6379,
};
