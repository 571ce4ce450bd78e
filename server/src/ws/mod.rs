//! `GET /ws`: upgrade, and one actor per connection.
