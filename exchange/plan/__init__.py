"""What a country would need: machines, brokers, disk and links, by measured costs and a shape."""
