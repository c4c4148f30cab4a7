"""Who may do what: policies as AWS evaluates them, under a switch that is off unless a test turns it on."""
