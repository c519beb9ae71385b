"""The whole stack on one machine: gateway, Lambda workers, database and the other services used."""
