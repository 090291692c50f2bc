import type { CatalogueService } from "./service.ts";

/**
 * The services of the Sock Shop demo that environments can use, with what the shipped images need under the
 * Pod Security profile `restricted`. Ports and digests: microservices-demo/microservices-demo,
 * deploy/kubernetes/complete-demo.yaml at 9dff06f.
 */
export const sockShop: CatalogueService[] = [
  {
    name: "catalogue",
    image: {
      repository: "weaveworksdemos/catalogue",
      tag: "0.3.5",
      digest: "sha256:0147a65b7116569439eefb1a6dbed455fe022464ef70e0c3cab75bc4a226b39b",
    },
    port: 80,
    containerPort: 8080,
    healthPath: "/health",
    uses: ["catalogue-db"],
    command: ["/app"],
    args: ["-port=8080", "-DSN=catalogue:$(CATALOGUE_DB_PASSWORD)@tcp($(CATALOGUE_DB_ADDRESS))/socksdb"],
    passwords: { CATALOGUE_DB_PASSWORD: "catalogue-db" },
    // The binary carries this file capability; with an empty bounding set the kernel refuses to start it.
    capabilities: ["NET_BIND_SERVICE"],
    requests: { cpu: "50m", memory: "64Mi" },
    limits: { cpu: "500m", memory: "200Mi" },
  },
  {
    name: "catalogue-db",
    image: {
      repository: "weaveworksdemos/catalogue-db",
      tag: "0.3.0",
      digest: "sha256:7ba74ec9adf88f6625b8d85d3323d1ee5232b39877e1590021ea485cf9457251",
    },
    port: 3306,
    containerPort: 3306,
    environment: {
      MYSQL_DATABASE: "socksdb",
      MYSQL_USER: "catalogue",
      MYSQL_RANDOM_ROOT_PASSWORD: "yes",
    },
    passwords: { MYSQL_PASSWORD: "catalogue-db" },
    writablePaths: ["/var/lib/mysql", "/var/run/mysqld", "/tmp"],
    user: 999,
    requests: { cpu: "100m", memory: "256Mi" },
    limits: { cpu: "1", memory: "512Mi" },
  },
];
