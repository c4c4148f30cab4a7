package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// store keeps things by id, each as the JSON text of its value: small in memory, and exact.
type store struct {
	mutex sync.Mutex
	kept  map[string]json.RawMessage
	// path names the file; empty where there is none.
	path string
	// forgets tells whether a thing that is not here may exist all the same.
	forgets bool
}

// forgetfulStore lives as long as the process: what another process made is believed to exist.
func forgetfulStore() *store {
	return &store{kept: map[string]json.RawMessage{}, forgets: true}
}

// openStore opens a store in a JSON file, which is made with the first thing.
func openStore(path string) (*store, error) {
	opened := &store{kept: map[string]json.RawMessage{}, path: path}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return opened, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &opened.kept); err != nil {
		return nil, fmt.Errorf("`%s` is not a store of things: %w. Remove the file, or name another one as `path`", path, err)
	}
	return opened, nil
}

// get answers with the thing of this id as a value of a type, and whether there is one.
func (s *store) get(id string, typ tftypes.Type) (tftypes.Value, bool, error) {
	s.mutex.Lock()
	text, found := s.kept[id]
	s.mutex.Unlock()
	if !found {
		return tftypes.Value{}, false, nil
	}
	value, err := fromJSON(text, typ)
	if err != nil {
		return tftypes.Value{}, false, fmt.Errorf("the thing `%s` is of another kind: %w", id, err)
	}
	return value, true, nil
}

// put keeps a thing.
func (s *store) put(id string, value tftypes.Value, typ tftypes.Type) error {
	text, err := toJSON(value, typ)
	if err != nil {
		return err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.kept[id] = text
	return s.save()
}

// remove forgets a thing, which may be gone already.
func (s *store) remove(id string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.kept, id)
	return s.save()
}

func (s *store) save() error {
	if s.path == "" {
		return nil
	}
	text, err := json.Marshal(s.kept)
	if err != nil {
		return err
	}
	// Whole or not at all: a second process may read at any time.
	partial := strings.TrimSuffix(s.path, filepath.Ext(s.path)) + ".new"
	if err := os.WriteFile(partial, text, 0o644); err != nil {
		return err
	}
	return os.Rename(partial, s.path)
}
