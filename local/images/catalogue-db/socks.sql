CREATE TABLE IF NOT EXISTS sock (
  sock_id varchar(40) NOT NULL PRIMARY KEY,
  name varchar(20),
  description varchar(200),
  price float,
  count int,
  image_url_1 varchar(40),
  image_url_2 varchar(40)
);

CREATE TABLE IF NOT EXISTS tag (
  tag_id mediumint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name varchar(20)
);

CREATE TABLE IF NOT EXISTS sock_tag (
  sock_id varchar(40),
  tag_id mediumint NOT NULL,
  UNIQUE KEY (sock_id, tag_id),
  FOREIGN KEY (sock_id) REFERENCES sock (sock_id),
  FOREIGN KEY (tag_id) REFERENCES tag (tag_id)
);

INSERT IGNORE INTO sock VALUES
  ('0b7d3c52-6f1e-4a86-9d35-2c8e41f7a910', 'Boardroom', 'Plain, dark and long enough for every chair.', 14.5, 210, '/catalogue/images/boardroom_1.jpg', '/catalogue/images/boardroom_2.jpg'),
  ('1e94a6f8-0d2b-4c73-8b5e-f36a7d0c2e41', 'Segfault', 'The pattern repeats until it does not.', 11.25, 64, '/catalogue/images/segfault_1.jpg', '/catalogue/images/segfault_2.jpg'),
  ('2c5f80d1-93be-4e17-a6c4-58d9b07e3f12', 'Hill runner', 'Padded heel, dry toes, a tighter band at the arch.', 16.99, 430, '/catalogue/images/hill_runner_1.jpg', '/catalogue/images/hill_runner_2.jpg'),
  ('47a1e9b3-5c60-4d2f-b817-e09c6a4d7b53', 'Chestnut', 'Warm brown wool for the first cold morning.', 12.75, 155, '/catalogue/images/chestnut_1.jpg', '/catalogue/images/chestnut_2.jpg'),
  ('58d2c7e6-a94f-4b08-93d1-7fb5e82a0c64', 'Goalkeeper', 'Up to the knee, and it stays there.', 9.99, 512, '/catalogue/images/goalkeeper_1.jpg', '/catalogue/images/goalkeeper_2.jpg'),
  ('6f30b5a9-e7d8-4516-8ac2-d41f9e6b7c75', 'Left and left', 'For those who like to choose: both fit either foot.', 7.4, 88, '/catalogue/images/left_1.jpg', '/catalogue/images/left_2.jpg'),
  ('83e6d14c-2fa7-49b5-b0e9-16c8a75f3d86', 'Harbour', 'Blue as the water under the pier, and as cool.', 13.1, 97, '/catalogue/images/harbour_1.jpg', '/catalogue/images/harbour_2.jpg'),
  ('9ac7f025-b81d-4e6c-8f43-a52e0d97b1c8', 'Opening night', 'Silk and black thread, for one evening a year.', 38, 12, '/catalogue/images/opening_night_1.jpg', '/catalogue/images/opening_night_2.jpg'),
  ('b5190e7d-64c3-4f8a-97d6-0be3c8f24a19', 'Off by one', 'Sold in threes. Counted from zero.', 15.33, 301, '/catalogue/images/off_by_one_1.jpg', '/catalogue/images/off_by_one_2.jpg'),
  ('d8f42b6a-17e5-4c90-a3b8-94d70e5c6f2b', 'Moss', 'Green, soft, and best without shoes.', 10.6, 176, '/catalogue/images/moss_1.jpg', '/catalogue/images/moss_2.jpg');

INSERT IGNORE INTO tag (tag_id, name) VALUES
  (1, 'brown'), (2, 'geek'), (3, 'formal'), (4, 'sport'), (5, 'blue'), (6, 'black'), (7, 'green');

INSERT IGNORE INTO sock_tag VALUES
  ('0b7d3c52-6f1e-4a86-9d35-2c8e41f7a910', 3), ('0b7d3c52-6f1e-4a86-9d35-2c8e41f7a910', 6),
  ('1e94a6f8-0d2b-4c73-8b5e-f36a7d0c2e41', 2), ('1e94a6f8-0d2b-4c73-8b5e-f36a7d0c2e41', 6),
  ('2c5f80d1-93be-4e17-a6c4-58d9b07e3f12', 4), ('2c5f80d1-93be-4e17-a6c4-58d9b07e3f12', 5),
  ('47a1e9b3-5c60-4d2f-b817-e09c6a4d7b53', 1), ('47a1e9b3-5c60-4d2f-b817-e09c6a4d7b53', 3),
  ('58d2c7e6-a94f-4b08-93d1-7fb5e82a0c64', 4), ('58d2c7e6-a94f-4b08-93d1-7fb5e82a0c64', 7),
  ('6f30b5a9-e7d8-4516-8ac2-d41f9e6b7c75', 2), ('6f30b5a9-e7d8-4516-8ac2-d41f9e6b7c75', 1),
  ('83e6d14c-2fa7-49b5-b0e9-16c8a75f3d86', 5),
  ('9ac7f025-b81d-4e6c-8f43-a52e0d97b1c8', 3), ('9ac7f025-b81d-4e6c-8f43-a52e0d97b1c8', 6),
  ('b5190e7d-64c3-4f8a-97d6-0be3c8f24a19', 2), ('b5190e7d-64c3-4f8a-97d6-0be3c8f24a19', 5),
  ('d8f42b6a-17e5-4c90-a3b8-94d70e5c6f2b', 7);
