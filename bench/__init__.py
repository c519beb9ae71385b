"""What a request costs: units, round trips, CPU, instructions, beside what a user would pick instead."""
