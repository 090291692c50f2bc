// bench-service is the server of the benchmarks' services: it is up at once, and tells that it is well.
package main

import (
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM)
	go serve()
	<-ended
	// An image that does not care for SIGTERM, as many a shell script is: it is killed when its grace period is over.
	if os.Getenv("IGNORE_SIGTERM") != "" {
		select {}
	}
}

func serve() {
	well := func(response http.ResponseWriter, _ *http.Request) { _, _ = response.Write([]byte("OK\n")) }
	if err := http.ListenAndServe(":8080", http.HandlerFunc(well)); err != nil {
		panic(err)
	}
}
