"""What Discord shows: domain values in, cards, posts and pictures out. Renders only; decides nothing."""
