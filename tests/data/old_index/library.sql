-- An index as a newsqa before the first numbered version of the tables left it: one invented article.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('id', '00c0ffee00c0ffee'), ('generation', '1'), ('model', 'words');
CREATE TABLE sources (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, location TEXT NOT NULL UNIQUE);
INSERT INTO sources VALUES (1, 'news', '/home/oake/news');
CREATE TABLE files (id INTEGER PRIMARY KEY, source INTEGER NOT NULL, path TEXT NOT NULL, digest BLOB);
INSERT INTO files VALUES (1, 1, 'quay.txt', x'00');
CREATE TABLE articles (id INTEGER PRIMARY KEY, article_id TEXT NOT NULL UNIQUE, title TEXT, text TEXT NOT NULL);
INSERT INTO articles VALUES (1, '1d2c3b4a5f6e7d8c', 'Quay closed', 'The north quay of Tellin was closed on Tuesday.');
CREATE TABLE passages (id INTEGER PRIMARY KEY, article INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL);
INSERT INTO passages VALUES (1, 1, 0, 47);
