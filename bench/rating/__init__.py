"""Rating beside what a user would pick instead: one tariff, the same risks, one run."""
