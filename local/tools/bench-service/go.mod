module bench-service

go 1.24
