"""What every area of the domain is made of: values, money, time, identity, events, refusals."""
