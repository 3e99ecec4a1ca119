package zoo

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"testing"
)

type origin struct {
	SHA256, Program, Command, Version, OS, Redactions string
}

// TestOrigins holds every recorded file against the provenance that stands beside it.
func TestOrigins(t *testing.T) {
	folders, err := filepath.Glob("testdata/*/ORIGIN.json")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no recordings seen: %v", err)
	}
	for _, index := range folders {
		checkFolder(t, index)
	}
}

func checkFolder(t *testing.T, index string) {
	text, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	var stated map[string]origin
	if err := json.Unmarshal(text, &stated); err != nil {
		t.Fatalf("%s: %v", index, err)
	}
	folder := filepath.Dir(index)
	err = fs.WalkDir(os.DirFS(folder), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || name == "ORIGIN.json" || name == "README.md" {
			return err
		}
		where := path.Join(folder, name)
		from, known := stated[name]
		delete(stated, name)
		data, err := os.ReadFile(where)
		if sum := sha256.Sum256(data); !known {
			t.Errorf("%s has no entry in ORIGIN.json", where)
		} else if from.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%s is not what was recorded", where)
		} else if from.Program == "" || from.Command == "" || from.Version == "" || from.OS == "" || from.Redactions == "" {
			t.Errorf("%s: its entry says not all of program, command, version, os, redactions", where)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	for name := range stated {
		t.Errorf("%s: %s is not there", index, name)
	}
}
